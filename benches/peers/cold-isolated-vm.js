import ivm from 'isolated-vm';

const isolate = new ivm.Isolate();
const context = await isolate.createContext();
console.log(await context.eval('6 * 7'));
