/* Makes the parser crash, as a bug in it would. */
int before;
#pragma clang __debug crash
