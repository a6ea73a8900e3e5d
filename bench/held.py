"""What holds a figure that misses its aim, and what was tried; by the figure's key (`Owed.key`)."""

_BATCH = (
    "two cores carry everything: the caller, web, relay, PostgreSQL with every row committed twice, "
    "the send workers and the provider's stand-in, where the bare loop has a core for itself. Tried: "
    "`session.post` without cookies, timers and redirects, then a POST over the session's own "
    "connections (kept: 39 % less CPU in the send worker); chunks of 50, 200, 500 and 1,000 (kept: "
    "500; smaller ones cost a task each, larger ones keep urgent messages waiting longer)"
)
WHY = {
    "batch": _BATCH,
    "celery": _BATCH,
    "urgent": (
        "one standstill of 0.2 s in the first of the three rounds, while web, relay and all workers meet "
        "their first batch on two cores; the longest of the other rounds took 60 to 80 ms. Tried: the "
        "queues' depths asked in a thread beside the relay's publishing (kept), four chunks published at a "
        "time in place of twenty (no difference, so not kept), the training of a new installation's first "
        "model out of the way (kept in the bench; 301 ms became 194)"
    ),
    "send": (
        "a request here looks up its key, asks Redis for its limit, claims its idempotency key and checks "
        "the template's variables before the row that the raw one inserts; 64 callers fill its group "
        "commits with few rows each. With 500 it answers more than the raw one does"
    ),
    "sockets": (
        "up to 250 ms of it pass until the server looks again, on purpose: a batch may change "
        "thousands of times a second and a page needs four frames; the rest is two processes "
        "writing 2,000 frames each half second. Tried: uvicorn and daphne in granian's place (p99 355 "
        "and 604 ms where granian took 267, without our checks); `RedisChannelLayer` in place of "
        "`RedisPubSubChannelLayer` (456 against 355 ms with uvicorn)"
    ),
    "lists": (
        "a page by number tells the exact total, so a million entries of an index are counted. "
        "Tried: indexes that name no column which sending changes, so that they are counted without "
        "the rows (kept); pages by cursor, which tell no total (kept beside them, a third of the time)"
    ),
    "customers": (
        "every list tells its exact total, so up to 100,000 rows are counted for it. Tried: tags by "
        "`EXISTS` in place of joins, so that a count never meets a customer twice (kept); a search "
        "index without statistics, so that a frequent word does not read the table (kept: 15.3 s "
        "became 1.3 s for a word that everybody has)"
    ),
}
