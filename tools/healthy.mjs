// The health check of a container: ready, or what is missing.
const port = process.env.BATON_READY_PORT ?? process.env.BATON_HEALTH_PORT;
const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch((error) => error);
if (!answer.ok) console.error(answer instanceof Error ? answer.message : await answer.text());
process.exit(answer.ok ? 0 : 1);
