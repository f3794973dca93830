// Methods of the platform firmware, positions of devices, batteries, and the string
// routines that take arrays.
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ntddk.h>
#include <acpiioct.h>
#include <acpitabl.h>
#include <batclass.h>
#include <wtypes.h>

static_assert(sizeof(ACPI_EVAL_INPUT_BUFFER) == 8, "signature and name");
static_assert(sizeof(ACPI_METHOD_ARGUMENT) == 8, "type, length, at least four bytes");
static_assert(sizeof(ACPI_PLD_BUFFER) == 16 && sizeof(ACPI_PLD_V2_BUFFER) == 20, "ACPI 6.1.8");
static_assert(AcpiPldPanelBack == 5 && AcpiPldRotation270 == 6, "ACPI 6.1.8");
static_assert(sizeof(BATTERY_STATUS) == 16 && sizeof(BATTERY_INFORMATION) == 36, "layout");
static_assert(VT_I4 == 3 && VT_UI4 == 19 && VT_ILLEGAL == 0xffff, "variants");

ULONG sum(PACPI_EVAL_OUTPUT_BUFFER Output) {
  ULONG Sum = 0;
  PACPI_METHOD_ARGUMENT Argument = Output->Argument;
  for (ULONG I = 0; I < Output->Count; ++I, Argument = ACPI_METHOD_NEXT_ARGUMENT(Argument))
    Sum += Argument->Argument;
  return Sum;
}
int copy(const char *From) {
  char Name[8];
  return strcpy_s(Name, From) + strncpy_s(Name, From, 4) + Name[0];
}
