/** A text as HTML, where it is an element's content or an attribute's value. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A line of the specification's Markdown, of which it uses code and emphasis. */
export function proseOf(markdown: string): string {
  return escaped(markdown)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/(?<![\w*])_([^_<>]+)_(?!\w)/g, '<em>$1</em>');
}

/** A text of paragraphs. */
export function paragraphs(markdown: string): string {
  return markdown
    .split('\n\n')
    .map((paragraph) => `<p>${proseOf(paragraph)}</p>`)
    .join('\n');
}
