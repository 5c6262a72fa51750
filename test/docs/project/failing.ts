import { get_issue } from './servers/github';

await get_issue({ number: 1 });
throw new Error('not finished');
