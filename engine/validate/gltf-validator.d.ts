/** The Khronos glTF validator (compiled from Dart); the package has no types. */
declare module 'gltf-validator' {
  export interface ValidatorMessage {
    code: string;
    message: string;
    /** 0 error, 1 warning, 2 information, 3 hint. */
    severity: 0 | 1 | 2 | 3;
    pointer?: string;
    offset?: number;
  }

  export interface ValidatorReport {
    issues: {
      numErrors: number;
      numWarnings: number;
      numInfos: number;
      numHints: number;
      messages: ValidatorMessage[];
      truncated: boolean;
    };
  }

  export interface ValidatorOptions {
    uri?: string;
    format?: 'glb' | 'gltf';
    externalResourceFunction?: (uri: string) => Promise<Uint8Array>;
    writeTimestamp?: boolean;
    maxIssues?: number;
    ignoredIssues?: string[];
  }

  const validator: {
    version(): string;
    validateBytes(data: Uint8Array, options?: ValidatorOptions): Promise<ValidatorReport>;
    validateString(json: string, options?: ValidatorOptions): Promise<ValidatorReport>;
  };
  export default validator;
}
