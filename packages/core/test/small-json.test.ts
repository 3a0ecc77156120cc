import { describe, expect, test } from 'vitest';
import { toSmallJson } from '../src/values/small-json.js';

const shared = { a: 1 };
const circle: Record<string, unknown> = {};
circle['self'] = circle;

describe('what JSON carries exactly is written so', () => {
  test.each([
    ['nothing', null],
    ['a text with half of a character', '\ud800 and \u2028'],
    ['numbers', [0, 1.5, -1e300, Number.MAX_SAFE_INTEGER]],
    ['a call', { id: 1, args: ['a', true, null, { deep: [[]] }], behalf: { kind: 'remote' } }],
    ['a property named __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
  ])('%s', (_, value) => {
    const json = toSmallJson(value);
    expect(JSON.parse(json ?? 'undefined')).toStrictEqual(value);
  });
});

describe('anything else is not', () => {
  test.each([
    ['undefined', undefined],
    ['undefined among arguments', { args: [undefined] }],
    ['undefined in a property', { a: undefined }],
    ['-0', [-0]],
    ['NaN', { a: Number.NaN }],
    ['Infinity', { a: Number.POSITIVE_INFINITY }],
    ['a bigint', 1n],
    ['a Date', { at: new Date(0) }],
    ['a Map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a boxed number', Object(1)],
    ['an error', new Error('no')],
    ['an object of a class', new (class Point {})()],
    ['an object without a prototype', Object.create(null)],
    ['an array with a hole', new Array(1)],
    ['an array with a hole and a property', Object.assign(new Array(1), { a: 1 })],
    ['an array with a property', Object.assign([1], { a: 1 })],
    ['the same object twice', [shared, shared]],
    ['a circle', circle],
    ['many values', Array.from({ length: 100 }, () => 0)],
    ['a long text', '\u0000'.repeat(1001)],
    ['long texts together', ['x'.repeat(501), 'y'.repeat(501)]],
    ['a long name', { ['x'.repeat(1001)]: 1 }],
    ['what says how JSON is to show it', { toJSON: 1 }],
  ])('%s', (_, value) => {
    expect(toSmallJson(value)).toBe(undefined);
  });
});

test('nor what a patched prototype would write in its place', () => {
  Object.defineProperty(Array.prototype, 'toJSON', { value: () => 'patched', configurable: true });
  try {
    expect(toSmallJson({ args: [1] })).toBe(undefined);
  } finally {
    Reflect.deleteProperty(Array.prototype, 'toJSON');
  }
});
