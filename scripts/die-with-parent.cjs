// Loaded into the web server before it starts: it ends when the launcher that would restart or stop it is gone.
process.on('disconnect', () => process.exit(0));
