// Follows an event stream with ldes-client, and prints each member as a line of JSON as it comes.
// The folder has ldes-client among its node_modules: see `ldes.py`.

import { pathToFileURL } from "node:url";

const [folder, url] = process.argv.slice(2);
const library = `${folder}/node_modules/ldes-client/dist/lib/client.js`;
const { replicateLDES } = await import(pathToFileURL(library));

const client = replicateLDES({ url, noShape: true, polling: true, pollInterval: 500 });
client.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
for await (const member of client.stream()) {
  const payload = member.quads.filter((quad) => quad.graph.value === member.id.value);
  console.log(
    JSON.stringify({
      name: member.id.value,
      deed: member.type.value,
      entity: member.isVersionOf,
      published: member.timestamp.toISOString(),
      said: payload.length,
    }),
  );
}
