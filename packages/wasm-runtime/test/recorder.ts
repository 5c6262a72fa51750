import type { RecordedRun, RunJournal } from '@org/core';
import { MemoryJournal } from '../src/index.ts';

/** A journal in memory that also says in which order it was told what; `~` marks what is replayed. */
export interface Recorder extends RunJournal {
  readonly told: string[];
  /** What it has after the first `count` words, or all of them. */
  recorded(count?: number): RecordedRun;
}

/** @param hear called with each word before it is kept */
export function recorder(before?: RecordedRun, hear: (word: string) => void = () => {}): Recorder {
  const told: string[] = [];
  const words: ((journal: RunJournal) => void)[] = [];
  const note = (word: string, replayed: boolean, tell: (journal: RunJournal) => void) => {
    hear(word);
    told.push(replayed ? `~${word}` : word);
    words.push(tell);
  };
  return {
    told,
    called: (call, is) => note(`called ${call.id}`, is, (all) => all.called(call, is)),
    sent: (id, is) => note(`sent ${id}`, is, (all) => all.sent(id, is)),
    answered: (one, is) => note(`answered ${one.id}`, is, (all) => all.answered(one, is)),
    stepped: (step, is) => note(`stepped ${step.answers}`, is, (all) => all.stepped(step, is)),
    recorded(count = words.length) {
      const journal = new MemoryJournal(before);
      for (const tell of words.slice(0, count)) tell(journal);
      return journal.run;
    },
  };
}
