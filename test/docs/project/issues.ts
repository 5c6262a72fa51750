import { get_issue } from './servers/github';

for (let number = 1; number <= 13; number++) await get_issue({ number });
