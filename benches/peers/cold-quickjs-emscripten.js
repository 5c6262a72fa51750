import { getQuickJS } from 'quickjs-emscripten';

const quickjs = await getQuickJS();
console.log(quickjs.evalCode('6 * 7'));
