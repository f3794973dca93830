// wait-misuse: numbers of objects that cannot be waited for, and waits whose result
// must be looked at.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _PORT {
  KEVENT Event, Stop;
  PVOID Objects[70];
  ULONG Count;
} PORT, *PPORT;

//===--- numbers -------------------------------------------------------------------===//

void four_without_blocks_bad(PPORT Port) {
  KeWaitForMultipleObjects(4, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{'KeWaitForMultipleObjects' waits for more than 3 objects without wait blocks}}
}
void array_length_bad(PPORT Port) {
  PVOID Objects[5] = {&Port->Event, &Port->Stop, Port->Objects[0], Port->Objects[1], Port->Objects[2]};
  KeWaitForMultipleObjects(sizeof(Objects) / sizeof(Objects[0]), Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{more than 3 objects without wait blocks}}
}
void counted_bad(PPORT Port, BOOLEAN Both) {
  ULONG Count = 3;
  if (Both)
    ++Count;
  KeWaitForMultipleObjects(Count, Port->Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{more than 3 objects without wait blocks}}
}
void three_without_blocks_good(PPORT Port) {
  KeWaitForMultipleObjects(3, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}
void four_with_blocks_good(PPORT Port) {
  KWAIT_BLOCK Blocks[4];
  KeWaitForMultipleObjects(4, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, Blocks);
}
void unknown_number_good(PPORT Port) {
  KeWaitForMultipleObjects(Port->Count, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}
void too_many_bad(PPORT Port, PKWAIT_BLOCK Blocks) {
  KeWaitForMultipleObjects(65, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, Blocks); // expected-warning {{waits for more than 64 objects}}
}
void as_many_as_can_be_good(PPORT Port, PKWAIT_BLOCK Blocks) {
  KeWaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, Blocks);
}
void none_bad(PPORT Port) {
  KeWaitForMultipleObjects(0, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{waits for no object}}
}
void some_good(PPORT Port) {
  if (Port->Count)
    KeWaitForMultipleObjects(1, Port->Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}

//===--- results -------------------------------------------------------------------===//

void user_mode_bad(PPORT Port) {
  KeWaitForSingleObject(&Port->Event, UserRequest, UserMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits in user mode without a look at its result}}
  ++Port->Count;
}
void alertable_bad(PPORT Port) {
  KeWaitForSingleObject(&Port->Event, Executive, KernelMode, TRUE, NULL); // expected-warning {{waits alertably without a look at its result}}
  ++Port->Count;
}
void alertable_cast_bad(PPORT Port) {
  (void)KeWaitForMultipleObjects(2, Port->Objects, WaitAny, Executive, KernelMode, TRUE, NULL, NULL); // expected-warning {{waits alertably without a look at its result}}
}
NTSTATUS user_mode_good(PPORT Port) {
  NTSTATUS Status = KeWaitForSingleObject(&Port->Event, UserRequest, UserMode, FALSE, NULL);
  if (Status == STATUS_SUCCESS)
    ++Port->Count;
  return Status;
}
NTSTATUS returned_good(PPORT Port) {
  return KeWaitForSingleObject(&Port->Event, UserRequest, UserMode, TRUE, NULL);
}
void kernel_mode_good(PPORT Port) {
  KeWaitForSingleObject(&Port->Event, Executive, KernelMode, FALSE, NULL);
}
void unknown_mode_good(PPORT Port, KPROCESSOR_MODE Mode) {
  KeWaitForSingleObject(&Port->Event, Executive, Mode, FALSE, NULL);
}
