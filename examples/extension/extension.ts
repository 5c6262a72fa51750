import { generateGlobals } from '@org/codegen';
import { createSandbox, type Extensions } from '@org/wasm-runtime';

const customers = new Map([['c-7', { name: 'Ada', orders: 3 }]]);

const extensions = {
  findCustomer: {
    declaration: `/** The customer with this id; undefined where there is none. */
declare function findCustomer(id: string): Promise<{ name: string; orders: number } | undefined>;`,
    call: ([id]) => customers.get(String(id)),
  },
} satisfies Extensions;

console.log(generateGlobals(extensions).includes('declare function findCustomer')); // for the agent
await using sandbox = await createSandbox({ extensions });
const outcome = await sandbox.run('return (await findCustomer("c-7"))?.orders');
console.log(outcome.status === 'returned' ? outcome.value : outcome);
