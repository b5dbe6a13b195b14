import type { CommandTable } from './command.ts';
import { namesAsset } from './server/asset-argument.ts';

/** The commands, each loaded when it is asked for, so that a render does not wait for the server's code. */
export const COMMANDS: CommandTable = {
  render: {
    summary: 'render a model to an image, a video or views for training',
    load: async (args, thread) => {
      if (namesAsset(args)) {
        thread?.terminate();
        return (await import('./commands/server/render-asset.ts')).renderAsset;
      }
      const { startEarly } = await import('./early-start.ts');
      const early = await startEarly(args, thread);
      return (await import('./commands/render.ts')).renderCommand(early);
    },
  },
  inspect: {
    summary: 'measure a model',
    load: async (args) =>
      namesAsset(args)
        ? (await import('./commands/server/inspect-asset.ts')).inspectAsset
        : (await import('./commands/inspect.ts')).inspect,
  },
  validate: {
    summary: 'check a model against the rules of its format',
    load: async (args) =>
      namesAsset(args)
        ? (await import('./commands/server/validate-asset.ts')).validateAsset
        : (await import('./commands/validate.ts')).validate,
  },
  convert: {
    summary: 'write a model in another format',
    load: async (args) => {
      if (namesAsset(args)) return (await import('./commands/server/convert-asset.ts')).convertAsset;
      // Without the schemas of all other formats, which take longer to load than many a model.
      const { convertToGlb, isPlainGlb } = await import('./commands/convert-to-glb.ts');
      return isPlainGlb(args) ? convertToGlb : (await import('./commands/convert.ts')).convert;
    },
  },
  optimize: {
    summary: 'make a model smaller and lighter',
    load: async (args) =>
      namesAsset(args)
        ? (await import('./commands/server/optimize-asset.ts')).optimizeAsset
        : (await import('./commands/optimize.ts')).optimize,
  },
  serve: {
    summary: 'run the server, whole or some of its roles',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  up: {
    summary: 'run the whole server on this machine, with sample models',
    load: async () => (await import('./commands/serve.ts')).up,
  },
  'reset-password': {
    summary: 'let a person set a new password, as the operator of the server',
    load: async () => (await import('./commands/reset-password.ts')).resetPassword,
  },
  login: { summary: 'sign in to a server', load: async () => (await import('./commands/server/login.ts')).login },
  logout: {
    summary: 'forget the key of a server',
    load: async () => (await import('./commands/server/login.ts')).logout,
  },
  upload: {
    summary: 'upload models to a server',
    load: async () => (await import('./commands/server/upload.ts')).upload,
  },
  download: {
    summary: 'download the files of an asset, or what was made of it',
    load: async () => (await import('./commands/server/download.ts')).download,
  },
  search: {
    summary: 'find assets on a server',
    load: async () => (await import('./commands/server/search.ts')).search,
  },
  jobs: {
    summary: 'list, show, await, cancel or retry the jobs of a server',
    load: async () => (await import('./commands/server/jobs.ts')).jobs,
  },
  share: {
    summary: 'make, list and revoke links under which anybody may read an asset',
    load: async () => (await import('./commands/server/share.ts')).share,
  },
  open: { summary: 'show the preview of an asset', load: async () => (await import('./commands/server/open.ts')).open },
  mcp: { summary: 'serve tools for AI assistants (MCP)', load: async () => (await import('./commands/mcp.ts')).mcp },
  completion: {
    summary: 'print what completes commands in bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completionOf(COMMANDS),
  },
};
