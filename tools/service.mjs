// What a container runs, by name: a service (`rollout-svc`), `migrate`, or `demo`, the upgrade of npm start against
// services that run elsewhere.
const OTHERS = {
  migrate: '../libs/event-log/dist/migrate.js',
  demo: '../apps/launcher/dist/demo.js',
};

const [name = ''] = process.argv.slice(2);
if (!/^[a-z][a-z-]*$/.test(name)) {
  console.error('Name what to run: a folder of apps/, migrate or demo.');
  process.exit(2);
}
await import(OTHERS[name] ?? `../apps/${name}/dist/main.js`);
