// Adds a word of its own to the text of a server: folder, word and how often are the arguments.
import type { ServerId } from '@org/core';
import { observedTypeFiles } from '../../src/observed/file-store.ts';

const [folder = '', word = '', times = '1'] = process.argv.slice(2);
const store = observedTypeFiles(folder, 'scope');
for (let time = 0; time < Number(times); time++) {
  await store.update('s' as ServerId, (text = '') => `${text}${word}${time}\n`);
}
