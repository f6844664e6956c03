/**
 * The page's only script.
 *
 * @module
 */
import { defineElements } from './elements.ts';

defineElements();
