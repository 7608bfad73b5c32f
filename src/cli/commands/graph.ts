import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { renderGraph } from '../render/graph.ts';
import { loadResources } from './shared.ts';

/** Draws what the manifests say. Contacts no cluster. */
export async function graphCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, flags, output } = invocation;
  const { resources, diagnostics } = await loadResources(invocation);
  const graph = renderGraph(resources, flags.text('format') === 'dot' ? 'dot' : 'mermaid');
  if (output === 'text') io.stdout.write(graph);
  return {
    exitCode: EXIT.done,
    json: {
      resources: resources.map(({ address, dependsOn }) => ({ address, dependsOn })),
      graph,
      diagnostics,
    },
  };
}
