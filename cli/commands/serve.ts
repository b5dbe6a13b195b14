import { serve as runServer } from '#app/main.ts';
import type { Command } from '../command.ts';

/** `maquette serve [ROLE…]`: the server, until it is told to stop. */
export const serve: Command = {
  name: 'serve',
  summary:
    'Runs the server: all roles in one process, or those named (gateway, auth, data, geometry, rendering) as one process of several. Settings: docs/configuration.md.',
  usage: '[ROLE…]',
  positionals: [0, 5],
  options: {},
  run: ({ positionals }) => runServer({ roles: positionals, samples: false }),
};

/** `maquette up`: the whole server on this machine, with sample models when the library is empty. */
export const up: Command = {
  name: 'up',
  summary: 'Runs the whole server on this machine and fills an empty library with sample models.',
  usage: '',
  positionals: [0, 0],
  options: {},
  run: () => runServer({ roles: [], samples: true }),
};
