// A task module that cannot even be imported.
throw new Error('this module does not load');

export async function run(): Promise<void> {}
