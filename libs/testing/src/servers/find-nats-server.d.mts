export declare const findNatsServer: (env?: NodeJS.ProcessEnv) => string;
