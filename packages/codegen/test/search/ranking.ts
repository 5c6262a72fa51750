import { readFileSync } from 'node:fs';

/** What an agent looks for, and the tools any of which is a right answer, as `server.tool`. */
export interface Question {
  readonly ask: string;
  readonly answers: readonly string[];
  /** Written when the ranking was fixed. */
  readonly heldOut: boolean;
}

/** How many questions, from the first, the ranking was made with. */
const madeWith = 215;

export function readQuestions(): Question[] {
  const file = new URL('../fixtures/questions.txt', import.meta.url);
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const [ask = '', answers = ''] = line.split(' | ');
      return { ask, answers: answers.split(' '), heldOut: index >= madeWith };
    });
}

export interface Ranking {
  readonly questions: number;
  /** Share of the questions whose first hit is an answer. */
  readonly hit1: number;
  /** Share of the questions with an answer among the first five hits. */
  readonly hit5: number;
  /** Mean of 1 / rank of the first answer; 0 where none is among the first ten. */
  readonly mrr: number;
}

/** The rank of the first answer, from 1; undefined where none is among the first ten. */
export function rankOf({ answers }: Question, hits: readonly string[]): number | undefined {
  const index = hits.slice(0, 10).findIndex((hit) => answers.includes(hit));
  return index === -1 ? undefined : index + 1;
}

export function summarize(ranks: readonly (number | undefined)[]): Ranking {
  const share = (most: number) =>
    ranks.filter((rank) => rank !== undefined && rank <= most).length / ranks.length;
  const sum = ranks.reduce<number>((total, rank) => total + (rank === undefined ? 0 : 1 / rank), 0);
  return { questions: ranks.length, hit1: share(1), hit5: share(5), mrr: sum / ranks.length };
}
