-- wrk's script for `POST /api/messages/send`: every request has a recipient and a key of its own.
-- Arguments: a name for this run, the API key, the template's id.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  run, template, sent = args[1], args[3], 0
  headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Api-Key " .. args[2],
  }
end

function request()
  sent = sent + 1
  local name = run .. "." .. id .. "." .. sent
  headers["Idempotency-Key"] = name
  local body = '{"template_id":' .. template .. ',"recipient":"' .. name ..
    '","variables":{"name":"客户","content":"感谢您的支持！"},"priority":5}'
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.3f,"p50_ms":%.2f,"p99_ms":%.2f,"errors":%d}\n',
    summary.requests, summary.duration / 1000000,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
