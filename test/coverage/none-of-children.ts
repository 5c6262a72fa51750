/** What these tests start is what the tests of the packages start too: it is not counted twice. */
delete process.env.NODE_V8_COVERAGE;
