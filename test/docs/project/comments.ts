import { create_comment } from './servers/github';

const numbers = Array.from({ length: 8 }, (_, index) => index + 1);
export default Promise.all(
  numbers.map((issue_number) => create_comment({ issue_number, body: 'Still open?' })),
);
