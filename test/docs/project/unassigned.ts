import { get_issue } from './servers/github';

await get_issue({ number: 13 });
