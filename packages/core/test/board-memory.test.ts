import { expect, test } from 'vitest';
import { BoardMemory, free, markOf, offered, places, seatOf, seats, stateOf, taken } from '../src/link/board.js';

const board = new BoardMemory(BoardMemory.create());

const texts = ['', 'a', '\ud800', '\udc00x', 'x\udbff', '\u0000', 'é漢😀', 'x'.repeat(80)];
const values = [undefined, null, true, false, 0, -0, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** 53, -1.5, ...texts];

test.each(values)('V1: %j comes as it went, as an argument and as a result', (value) => {
  for (const place of [0, 1, places - 1]) {
    expect(board.writeCall(place, 7, 0, [value])).toBe(true);
    expect(board.args(place)).toStrictEqual([value]);
    expect(board.writeResult(place, value)).toBe(true);
    expect([board.hasResult(place), board.result(place)]).toStrictEqual([true, value]);
  }
});

test('several arguments keep their places', () => {
  const args = ['one', 1, undefined, '', null, -0, 'three'];
  expect(board.writeCall(5, 2 ** 40 + 3, 9, args)).toBe(true);
  expect([board.id(5), board.task(5), board.args(5)]).toStrictEqual([2 ** 40 + 3, 9, args]);
  expect(board.writeCall(5, 1, 0, [])).toBe(true);
  expect(board.args(5)).toEqual([]);
});

test.each<[string, unknown]>([
  ['an object', {}],
  ['a symbol', Symbol('s')],
  ['a bigint', 1n],
  ['a function', () => {}],
  ['a String', Object('text')],
  ['a long string', 'x'.repeat(200)],
])('%s has no room', (_title, value) => {
  expect(board.writeCall(5, 1, 0, [1, value])).toBe(false);
  expect(board.writeResult(5, value)).toBe(false);
  expect(board.hasResult(5)).toBe(false);
});

test('what fits, fits to the last word, and never reaches into the next place', () => {
  expect(board.writeCall(8, 8, 8, ['neighbour'])).toBe(true);
  for (let length = 0; length < 200; length += 1) {
    const args = [1, 'x'.repeat(length)];
    if (board.writeCall(7, 7, 7, args)) expect(board.args(7)).toEqual(args);
    board.writeResult(7, args[1]);
    const many = Array.from({ length }, (_, i) => i);
    if (board.writeCall(7, 7, 7, many)) expect(board.args(7)).toEqual(many);
  }
  expect([board.id(8), board.task(8), board.args(8)]).toEqual([8, 8, ['neighbour']]);
});

test('a mark tells seat and state, for every seat and turn', () => {
  for (const turn of [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 31 - 1, -(2 ** 31), -1]) {
    for (const seat of [0, 1, seats - 1]) {
      const mark = markOf(turn, seat, taken);
      expect([seatOf(mark), stateOf(mark)]).toEqual([seat, taken]);
      board.setMark(3, mark);
      expect(board.mark(3)).toBe(mark);
      expect(board.exchange(3, markOf(turn + 1, seat, taken), free)).toBe(false);
      expect(board.exchange(3, markOf(turn, seat, offered), free)).toBe(false);
      expect(board.exchange(3, mark, free)).toBe(true);
    }
  }
});
