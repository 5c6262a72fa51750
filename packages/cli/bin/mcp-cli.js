#!/usr/bin/env node
import { handle } from '@oclif/core/handle';
import { run } from '@oclif/core/run';
import { helpOfSkill } from '../dist/skills/help-of-skill.js';
import { guardStandardStreams } from '../dist/standard-streams.js';

guardStandardStreams();
// Not oclif's execute(): it waits for a drain that never comes when the reader of stdout is gone.
const [first, ...rest] = process.argv.slice(2);
const args = helpOfSkill(first === 'help' ? [...rest, '--help'] : process.argv.slice(2));
await run(args, import.meta.url).catch(handle);
