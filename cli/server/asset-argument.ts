/** Whether a command names an asset on a server in place of a file. Knows no schema: every start of a command asks it. */
export function namesAsset(args: readonly string[]): boolean {
  return args.some((arg) => /^ast_[0-9a-z]{26}$/.test(arg));
}
