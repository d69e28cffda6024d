"""The structures of XLA's interface against the header that jaxlib ships."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import jax
import pytest
from llvmlite import binding as llvm

from mnistedu.layers.kernels import xla_ffi
from mnistedu.layers.kernels.target import create_module
from mnistedu.layers.kernels.xla_ffi import llvm_type

HEADER = Path(jax.ffi.include_dir()) / "xla" / "ffi" / "api" / "c_api.h"
TEXT = re.sub(r"//.*", "", HEADER.read_text(encoding="utf-8"))
STRUCTURES = {
    name: structure
    for name, structure in vars(xla_ffi).items()
    if isinstance(structure, type) and issubclass(structure, ctypes.Structure)
}
INTEGERS = {
    "size_t": ctypes.c_size_t,
    "int": ctypes.c_int,
    "int64_t": ctypes.c_int64,
    "XLA_FFI_Handler_Traits": ctypes.c_uint32,
}


def python_name(name):
    return name.removeprefix("XLA_FFI_").replace("_", "")


BODIES = dict(re.findall(r"struct (XLA_FFI_\w+) \{(.*?)\}", TEXT, flags=re.DOTALL))
C_NAMES = {python_name(name): name for name in BODIES}
ENUMS = re.findall(r"typedef enum \{[^}]*\} (XLA_FFI_\w+);", TEXT)


def fields_in_header(name):
    """Parse a structure of the header: the name and the ctypes type of each field."""
    for declaration in filter(None, map(str.strip, BODIES[C_NAMES[name]].split(";"))):
        if function := re.fullmatch(r"_XLA_FFI_API_STRUCT_FIELD\((\w+)\)", declaration):
            yield function[1], ctypes.c_void_p
            continue
        kind, field = re.fullmatch(r"(.*?)\s*\b(\w+)", declaration, flags=re.DOTALL).groups()
        if kind.endswith("*"):
            yield field, ctypes.c_void_p
        elif kind in ENUMS:
            yield field, ctypes.c_int
        else:
            yield field, INTEGERS.get(kind) or STRUCTURES[python_name(kind)]


@pytest.mark.parametrize("name", STRUCTURES)
def test_fields_are_those_of_the_header(name):
    assert tuple(fields_in_header(name)) == STRUCTURES[name]._fields_


def test_constants_are_those_of_the_header():
    assert re.search(rf"XLA_FFI_Extension_Metadata = {xla_ffi.EXTENSION_METADATA},", TEXT)
    assert re.search(rf"#define XLA_FFI_API_MAJOR {xla_ffi.API_MAJOR}\n", TEXT)
    assert re.search(rf"#define XLA_FFI_API_MINOR {xla_ffi.API_MINOR}\n", TEXT)
    assert re.search(r"typedef uint32_t XLA_FFI_Handler_Traits;", TEXT)


def layout(structure):
    """Return the size of a structure and the offset and size of each field."""
    fields = (getattr(structure, name) for name, _ in structure._fields_)
    return [ctypes.sizeof(structure), *(n for field in fields for n in (field.offset, field.size))]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_sizes_and_offsets_are_those_of_a_c_compiler(tmp_path):
    lines = [f'#include "{HEADER}"', "#include <stdio.h>", "int main(void) {"]
    for name, structure in STRUCTURES.items():
        kind = f"struct {C_NAMES[name]}"
        numbers = [f"sizeof({kind})"]
        for field, _ in structure._fields_:
            numbers += [f"offsetof({kind}, {field})", f"sizeof((({kind}*)0)->{field})"]
        lines += [f'printf("%zu ", (size_t)({number}));' for number in numbers] + ['puts("");']
    (tmp_path / "layout.c").write_text("\n".join([*lines, "}"]))
    program = tmp_path / "layout"
    subprocess.run(["cc", "-o", program, tmp_path / "layout.c"], check=True)
    output = subprocess.check_output(program, text=True).splitlines()
    for structure, line in zip(STRUCTURES.values(), output, strict=True):
        assert layout(structure) == [int(number) for number in line.split()], structure


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_argument_sizes_are_those_that_xla_checks(tmp_path):
    names = [name for name in STRUCTURES if name.endswith("Args") and name != "Args"]
    values = "".join(f'printf("%d ", (int){C_NAMES[name]}_STRUCT_SIZE);' for name in names)
    source = f'#include "{HEADER}"\n#include <stdio.h>\nint main(void) {{ {values} }}'
    (tmp_path / "sizes.c").write_text(source)
    subprocess.run(["cc", "-o", tmp_path / "sizes", tmp_path / "sizes.c"], check=True)
    output = subprocess.check_output(tmp_path / "sizes", text=True)
    assert [ctypes.sizeof(STRUCTURES[name]) for name in names] == [int(n) for n in output.split()]


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
def test_llvm_lays_a_structure_out_as_c_does(structure):
    module = create_module()
    text = f"{module}\n@value = external global {llvm_type(structure)}"
    data = llvm.create_target_data(module.data_layout)
    kind = llvm.parse_assembly(text).get_global_variable("value").global_value_type
    assert data.get_abi_size(kind) == ctypes.sizeof(structure)
    for index, (name, _) in enumerate(structure._fields_):
        assert data.get_element_offset(kind, index) == getattr(structure, name).offset
        assert xla_ffi.field_index(structure, name) == index
