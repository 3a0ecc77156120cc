import { type Message, movedBy, numberOf, runCall } from './wire.js';

/** How a worker answers: each call by a message, or all of a message by one. */
export function answering(
  isCoalesced: boolean,
  post: (value: unknown, moved?: ArrayBuffer[]) => void,
): (message: Message) => void {
  return isCoalesced ? answerAll : answerOne;

  function answerOne(message: Message): void {
    const task = Number(message[0]);
    const value = runCall(task, message[1]);
    if (task === numberOf.echoMoved) post(value, movedBy(task, value));
    else post(value);
  }

  function answerAll(message: Message): void {
    const values: unknown[] = [];
    const moved: ArrayBuffer[] = [];
    for (let i = 0; i < message.length; i += 2) {
      const task = Number(message[i]);
      const value = runCall(task, message[i + 1]);
      values.push(value);
      if (task === numberOf.echoMoved) moved.push(...movedBy(task, value));
    }
    post(values, moved);
  }
}
