import fc from 'fast-check';

/** The same inputs for each mutant, so that the score is that of the tests and not of luck. */
fc.configureGlobal({ seed: 20_261_122 });
