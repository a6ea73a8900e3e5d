// Adds one run's jobs: node enqueue.mjs <redis> <run> <messages>
import { Queue } from "bullmq";
import { Redis } from "ioredis";

const [redis, run, messages] = process.argv.slice(2);
const connection = new Redis(redis, { maxRetriesPerRequest: null });
const queue = new Queue("send", { connection });
const AT_ONCE = 1000;
process.stdout.write(String(Date.now()));
for (let from = 0; from < Number(messages); from += AT_ONCE) {
  const to = Math.min(from + AT_ONCE, Number(messages));
  await queue.addBulk(
    Array.from({ length: to - from }, (_, place) => ({
      name: "send",
      data: { recipient: `u${run}.${from + place}`, name: `客户${from + place}` },
    })),
  );
}
await queue.close();
connection.disconnect();
