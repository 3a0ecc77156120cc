// One measurement in a process that has done nothing before, and that ends with it.
import { isFresh } from '../cases/case.js';
import { caseOf, contenderOf } from './find.js';
import { type Answer, errorAnswer, type Turn } from './turn.js';

const [id = '', turnText = ''] = process.argv.slice(2);
const turn: Turn = JSON.parse(turnText);
const answer = await take();
process.send?.(answer, () => process.exit());

async function take(): Promise<Answer> {
  try {
    const one = caseOf(turn.case, turn.workers);
    if (!isFresh(one)) throw new RangeError(`${one.id} is measured on an open pool`);
    return { figure: await one.measureFresh(contenderOf(id), turn) };
  } catch (error) {
    return errorAnswer(error);
  }
}
