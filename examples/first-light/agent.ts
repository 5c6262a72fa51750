/** What an agent wrote to answer: "Which refunds of the first half year were the largest, and why?" */
import { get_structured_content, get_sum } from './servers/everything';
import { list_directory, read_text_file } from './servers/files';

interface Order {
  order: string;
  date: string;
  item: string;
  amount: number;
  status: string;
  note: string;
}

function parse(csv: string): Order[] {
  const [, ...lines] = csv.trim().split('\n');
  return lines.map((line) => {
    const [order, date, , item, amount, , status, note] = line.split(',');
    return { order, date, item, amount: Number(amount), status, note } as Order;
  });
}

export default async function main({ above = 500 }: { above?: number }) {
  const { content: listing } = await list_directory({ path: '.' });
  const files = listing.match(/\S+\.csv/g) ?? [];

  // All files at once, and a question to another server beside them.
  const [weather, ...texts] = await Promise.all([
    get_structured_content({ location: 'Chicago' }),
    ...files.map((path) => read_text_file({ path })),
  ]);
  const orders = texts.flatMap(({ content }) => parse(content));
  const refunds = orders.filter(({ status }) => status === 'refunded');
  console.log(`${orders.length} orders in ${files.length} files, ${refunds.length} refunds`);

  const largest = refunds
    .filter(({ amount }) => amount > above)
    .sort((a, b) => b.amount - a.amount);
  const [first, second] = largest;
  if (first === undefined || second === undefined) return { largest };
  const checked = await get_sum({ a: first.amount, b: second.amount });

  const reasons: Record<string, number> = {};
  for (const { note } of refunds) reasons[note] = (reasons[note] ?? 0) + 1;
  return {
    largest: largest
      .slice(0, 3)
      .map(({ order, date, item, amount, note }) => ({ order, date, item, amount, note })),
    reasons,
    checked,
    skyAtTheWarehouse: weather.conditions,
  };
}
