import { list_directory, read_text_file } from './servers/files';

interface Options {
  /** Only refunds of more than this. */
  above?: number;
}

/** Counts the refunds in the orders, and names the largest ones. Use before a month is closed. */
export default async function refunds({ above = 500 }: Options) {
  const { content } = await list_directory({ path: 'orders' });
  const months = content.match(/\S+\.csv/g) ?? [];
  const texts = await Promise.all(months.map((name) => read_text_file({ path: `orders/${name}` })));
  const rows = texts.flatMap((text) => text.content.split('\n').map((line) => line.split(',')));
  const refunded = rows.filter((row) => row[6] === 'refunded');
  const largest = refunded
    .map((row) => ({ order: row[0], amount: Number(row[4]) }))
    .filter(({ amount }) => amount > above)
    .sort((a, b) => b.amount - a.amount);
  return { refunds: refunded.length, above: largest.map(({ order }) => order) };
}
