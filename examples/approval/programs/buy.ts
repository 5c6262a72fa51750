import { order } from './servers/shop';

const { receipt } = await order({ item: 'oak desk', count: 2 });
export default receipt;
