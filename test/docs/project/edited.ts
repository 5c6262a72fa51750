import { get_issue } from './servers/github';

const { id } = (await get_issue({ number: 1 })) as { id: number };
export default id;
