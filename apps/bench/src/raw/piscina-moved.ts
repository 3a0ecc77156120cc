import { move } from 'piscina';

/** Moves back what it got. */
export function echoMoved(bytes: Uint8Array): unknown {
  return move(bytes);
}
