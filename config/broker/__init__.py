"""RabbitMQ as the kernel sees it: how long its queues are, and what goes along with a task."""
