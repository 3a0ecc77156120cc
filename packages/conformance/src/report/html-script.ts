/** The filters of the HTML report: by text, by status, by adapter and kind. The page can be read without them. */
export const script = `
const find = (selector, root = document) => [...root.querySelectorAll(selector)];
const text = document.getElementById('text');
const status = document.getElementById('status');
const boxes = find('input[name=column]');

function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = status.value;
  const columns = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const isFiltered = words.length > 0 || wanted !== '';
  for (const element of find('[data-column]')) element.hidden = !columns.has(element.dataset.column);
  const matches = (own) => words.every((word) => own.includes(word));
  const isWanted = (element) => !element.hidden && (wanted === '' || element.dataset.status === wanted);
  let shown = 0;
  for (const group of find('.group')) {
    let rulesShown = 0;
    for (const rule of find('.rule', group)) {
      const about = rule.dataset.text;
      let casesShown = 0;
      for (const row of find('tr[data-text]', rule)) {
        row.hidden = !(matches(about + ' ' + row.dataset.text) && find('td[data-status]', row).some(isWanted));
        if (!row.hidden) casesShown += 1;
        for (const failure of find('.failure', rule)) {
          if (failure.dataset.id !== row.dataset.id) continue;
          failure.hidden = row.hidden || !columns.has(failure.dataset.column) || (wanted !== '' && failure.dataset.status !== wanted);
        }
      }
      rule.hidden = casesShown === 0;
      if (isFiltered && casesShown > 0) rule.dataset.opened ??= String(rule.open);
      if (!isFiltered && rule.dataset.opened !== undefined) {
        rule.open = rule.dataset.opened === 'true';
        delete rule.dataset.opened;
      } else if (wanted !== '' && casesShown > 0) rule.open = true;
      if (!rule.hidden) rulesShown += 1;
      shown += casesShown;
    }
    group.hidden = rulesShown === 0;
  }
  document.getElementById('none').hidden = shown > 0;
  document.getElementById('shown').textContent = shown + (shown === 1 ? ' case' : ' cases');
}

document.querySelector('.filters').addEventListener('input', filter);
document.querySelector('.filters').addEventListener('submit', (event) => event.preventDefault());
document.querySelector('.filters').hidden = false;
filter();
`;
