/** A column of a table: how wide, and on which side its text stands. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** A piece of text with the way it is shown; the way takes no room. */
export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** One row of a table, padded to its columns. Rows are made one by one, so that each can be shown when it is known. */
export function row(columns: readonly Column[], cells: readonly Cell[]): string {
  return columns
    .map((column, index) => {
      const { text, style } = cells[index] ?? { text: '' };
      const padded = column.align === 'left' ? text.padEnd(column.width) : text.padStart(column.width);
      return style === undefined ? padded : style(padded);
    })
    .join('  ')
    .trimEnd();
}

/** The row of the titles. */
export function header(columns: readonly Column[], style: (text: string) => string): string {
  return row(
    columns,
    columns.map(({ title }) => ({ text: title, style })),
  );
}

/** A column as wide as the widest of its texts. */
export function column(title: string, texts: readonly string[], align: Column['align'] = 'left'): Column {
  return { title, align, width: Math.max(title.length, ...texts.map((text) => text.length)) };
}
