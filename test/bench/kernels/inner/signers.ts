// The signer of the transport in both forms.
import { createKernelCore } from '../../../../src/auth/aws/kernel.ts';
import { awsSignerOn, createAwsCore, type AwsSigner } from '../../../../src/auth/aws/sigv4.ts';
import type { KeyCredentials } from '../../../../src/types.ts';

/** By the kernel. */
export const kernel = (keys: KeyCredentials, region: string): AwsSigner => awsSignerOn(createKernelCore(keys, { region }));

/** In plain JavaScript. */
export const plain = (keys: KeyCredentials, region: string): AwsSigner => awsSignerOn(createAwsCore(keys, { region }));
