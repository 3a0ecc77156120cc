import { Tinypool } from 'tinypool';

/** Moves back what it got. */
export function echoMoved(bytes: Uint8Array): unknown {
  return Tinypool.move(bytes);
}
