#!/usr/bin/env node
import { runCommandHook } from '../dist/hooks/command-hook.js';

process.exitCode = await runCommandHook(process.argv.slice(2), {
  input: process.stdin,
  output: (text) => process.stdout.write(text),
  errors: (text) => process.stderr.write(text),
});
