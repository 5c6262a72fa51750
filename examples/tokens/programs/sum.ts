import { get_sum } from './servers/everything';

export default get_sum({ a: 17.5, b: 24.75 });
