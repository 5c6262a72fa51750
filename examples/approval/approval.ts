/**
 * A program wants to order something, and a person has a say in it: about the call while the program waits
 * without a process, and about a plan of all that it would do. The shop counts what reaches it.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { Project } from '../project.ts';

const here = (name: string) => path.join(import.meta.dirname, name);
using project = new Project(
  { shop: { command: process.execPath, args: [here('shop.ts')] } },
  here('programs/buy.ts'),
);
project.write('orders.txt', '');
const orders = () => project.read('orders.txt').split('\n').length - 1;
const tell = (what: string) => console.log(`${orders()} ordered: ${what}`);

// About the call. Each line is a process of its own; between them there is none.
project.cli(['execute', 'buy.ts', '--ask', 'shop.order', '--on-ask', 'suspend'], 6);
assert.equal(orders(), 0);
tell('the run waits in its record');

assert.match(project.cli(['run', 'approve', 'last', '--yes']), /^Call 1: approved$/mu);
assert.equal(orders(), 0);
tell('the call is approved');

const resumed = project.cli(['run', 'resume', 'last']);
assert.equal(JSON.parse(resumed), '2 oak desk are on their way');
assert.equal(orders(), 1);
tell('the run has gone on to its end');

// About all that it would do.
const plan = project.cli(['execute', 'buy.ts', '--plan']);
assert.match(plan, /shop\.order \{"item":"oak desk","count":2\}/u);
assert.equal(orders(), 1);
tell('the plan says what it would order');

const [, planned = ''] = /--approved-plan (\w+)/u.exec(plan) ?? [];
project.cli(['execute', '--approved-plan', planned]);
assert.equal(orders(), 2);
tell('the approved plan is carried out');

// What is refused is not sent, and the program is told so.
project.cli(['execute', 'buy.ts', '--ask', 'shop.order', '--on-ask', 'suspend'], 6);
project.cli(['run', 'refuse', 'last', '--yes']);
project.cli(['run', 'resume', 'last'], 4);
assert.equal(orders(), 2);
tell('a refused call is not sent');
