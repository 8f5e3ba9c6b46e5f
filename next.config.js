import { PHASE_PRODUCTION_SERVER } from 'next/constants.js';

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The product's own servers answer on 127.0.0.1; without this the development overlay is refused there.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  devIndicators: false,
  // npm test checks the types of everything; a production install has no test packages, so the build cannot.
  typescript: { ignoreBuildErrors: true },
  // Native modules and drivers are loaded by Node, not bundled.
  serverExternalPackages: [
    'pg',
    '@node-rs/argon2',
    'libpg-query',
    '@prisma/client',
    '@prisma/adapter-pg',
    'protobufjs',
  ],
};

/**
 * The plugin serves the build. It loads a compiler that wants a writable home folder, which a service's user may not
 * have: the production server does without it.
 */
export default async (phase) => {
  if (phase === PHASE_PRODUCTION_SERVER) return config;
  const { default: createNextIntlPlugin } = await import('next-intl/plugin');
  return createNextIntlPlugin('./app/intl/request.ts')(config);
};
