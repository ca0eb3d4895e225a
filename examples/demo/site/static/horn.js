// Fails on purpose: there is no such function.
soundTheHorn(3);
