// One worker process of BullMQ: takes jobs from Redis and POSTs each to the sink.
import http from "node:http";
import { Worker } from "bullmq";
import { Redis } from "ioredis";

const [sink, redis, concurrency] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(concurrency) });
const url = new URL("/cgi-bin/message/send?access_token=bench", sink);

function post(body) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const request = http.request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve(JSON.parse(text)));
    });
    request.on("error", reject);
    request.end(body);
  });
}

const worker = new Worker(
  "send",
  async (job) => {
    const { recipient, name } = job.data;
    const content = `${name}，您好：您的工单已有新进展，请点击查看详情。感谢您的支持！`;
    const body = { touser: recipient, msgtype: "text", agentid: 1000002, text: { content } };
    const answer = await post(JSON.stringify(body));
    if (answer.errcode !== 0) throw new Error(JSON.stringify(answer));
    return answer.msgid;
  },
  { connection: new Redis(redis, { maxRetriesPerRequest: null }), concurrency: Number(concurrency) },
);
worker.on("error", (error) => console.error(error.message));
process.on("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
