/**
 * The page's only script.
 *
 * @module
 */
import { defineElements } from './app.ts';

defineElements();
