"""The structures of XLA's foreign function interface, which comes with jaxlib.

They are those of ``xla/ffi/api/c_api.h`` in ``jax.ffi.include_dir()``, without the prefix
``XLA_FFI_``; each field's declaration in C stands behind it. Types for LLVM and the indices of
members are derived from these fields.

Examples
--------
>>> field_index(Buffer, "dims")
5
>>> str(llvm_type(Buffer))
'{i64, ptr, i32, ptr, i64, ptr}'
"""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any, TypeAlias

from llvmlite import ir

Structure: TypeAlias = type[ctypes.Structure]

EXTENSION_METADATA = 1  # XLA_FFI_Extension_Metadata
API_MAJOR, API_MINOR = 0, 3  # the version of these structures


class ExtensionBase(ctypes.Structure):
    """The head of each extension of a call, in a linked list."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("type", c_int),  # XLA_FFI_Extension_Type type;
        ("next", c_void_p),  # struct XLA_FFI_Extension_Base* next;
    )


class ApiVersion(ctypes.Structure):
    """A version of the interface."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("major_version", c_int),  # int major_version;
        ("minor_version", c_int),  # int minor_version;
    )


class TypeId(ctypes.Structure):
    """The type of a handler's state."""

    _fields_ = (
        ("type_id", c_int64),  # int64_t type_id;
    )


class Metadata(ctypes.Structure):
    """What a handler reports about itself."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("api_version", ApiVersion),  # XLA_FFI_Api_Version api_version;
        ("traits", c_uint32),  # XLA_FFI_Handler_Traits traits;
        ("state_type_id", TypeId),  # XLA_FFI_TypeId state_type_id;
    )


class MetadataExtension(ctypes.Structure):
    """The extension by which XLA queries the metadata instead of running the handler."""

    _fields_ = (
        ("extension_base", ExtensionBase),  # XLA_FFI_Extension_Base extension_base;
        ("metadata", c_void_p),  # XLA_FFI_Metadata* metadata;
    )


class ErrorDestroyArgs(ctypes.Structure):
    """The arguments of ``XLA_FFI_Error_Destroy``."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("error", c_void_p),  # XLA_FFI_Error* error;
    )


class Buffer(ctypes.Structure):
    """An array: an input or an output."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("dtype", c_int),  # XLA_FFI_DataType dtype;
        ("data", c_void_p),  # void* data;
        ("rank", c_int64),  # int64_t rank;
        ("dims", c_void_p),  # int64_t* dims;
    )


class Args(ctypes.Structure):
    """The inputs of a call."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("size", c_int64),  # int64_t size;
        ("types", c_void_p),  # XLA_FFI_ArgType* types;
        ("args", c_void_p),  # void** args;
    )


class Rets(ctypes.Structure):
    """The outputs of a call."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("size", c_int64),  # int64_t size;
        ("types", c_void_p),  # XLA_FFI_RetType* types;
        ("rets", c_void_p),  # void** rets;
    )


class Attrs(ctypes.Structure):
    """The attributes of a call."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("size", c_int64),  # int64_t size;
        ("types", c_void_p),  # XLA_FFI_AttrType* types;
        ("names", c_void_p),  # XLA_FFI_ByteSpan** names;
        ("attrs", c_void_p),  # void** attrs;
    )


class CallFrame(ctypes.Structure):
    """A call of a handler."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("api", c_void_p),  # const XLA_FFI_Api* api;
        ("ctx", c_void_p),  # XLA_FFI_ExecutionContext* ctx;
        ("stage", c_int),  # XLA_FFI_ExecutionStage stage;
        ("args", Args),  # XLA_FFI_Args args;
        ("rets", Rets),  # XLA_FFI_Rets rets;
        ("attrs", Attrs),  # XLA_FFI_Attrs attrs;
        ("future", c_void_p),  # XLA_FFI_Future* future;
    )


class ThreadPoolScheduleArgs(ctypes.Structure):
    """The arguments of ``XLA_FFI_ThreadPool_Schedule``."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("ctx", c_void_p),  # XLA_FFI_ExecutionContext* ctx;
        ("task", c_void_p),  # XLA_FFI_Task* task;
        ("data", c_void_p),  # void* data;
    )


class ThreadPoolNumThreadsArgs(ctypes.Structure):
    """The arguments of ``XLA_FFI_ThreadPool_NumThreads``."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("ctx", c_void_p),  # XLA_FFI_ExecutionContext* ctx;
        ("num_threads", c_void_p),  # int64_t* num_threads;
    )


class Api(ctypes.Structure):
    """The functions that XLA offers to a handler."""

    _fields_ = (
        ("struct_size", c_size_t),  # size_t struct_size;
        ("extension_start", c_void_p),  # XLA_FFI_Extension_Base* extension_start;
        ("api_version", ApiVersion),  # XLA_FFI_Api_Version api_version;
        ("internal_api", c_void_p),  # const XLA_FFI_InternalApi* internal_api;
        # Pointers to functions, each declared as _XLA_FFI_API_STRUCT_FIELD(name);
        ("XLA_FFI_Error_Create", c_void_p),
        ("XLA_FFI_Error_GetMessage", c_void_p),
        ("XLA_FFI_Error_Destroy", c_void_p),
        ("XLA_FFI_Handler_Register", c_void_p),
        ("XLA_FFI_Stream_Get", c_void_p),
        ("XLA_FFI_Type_Register", c_void_p),
        ("XLA_FFI_ExecutionContext_Get", c_void_p),
        ("XLA_FFI_State_Set", c_void_p),
        ("XLA_FFI_State_Get", c_void_p),
        ("XLA_FFI_DeviceMemory_Allocate", c_void_p),
        ("XLA_FFI_DeviceMemory_Free", c_void_p),
        ("XLA_FFI_ThreadPool_Schedule", c_void_p),
        ("XLA_FFI_ThreadPool_NumThreads", c_void_p),
        ("XLA_FFI_Future_Create", c_void_p),
        ("XLA_FFI_Future_SetAvailable", c_void_p),
        ("XLA_FFI_Future_SetError", c_void_p),
        ("XLA_FFI_RunId_Get", c_void_p),
        ("XLA_FFI_DeviceOrdinal_Get", c_void_p),
    )


def fields(structure: Structure) -> dict[str, Any]:
    """Return the types of a structure's fields by their names.

    Parameters
    ----------
    structure : type
        A ``ctypes.Structure``.

    Returns
    -------
    fields : dict
        In the order of the fields.
    """
    return {field[0]: field[1] for field in structure._fields_}


def llvm_type(kind: Any) -> ir.Type:
    """Return the LLVM type of a structure, of an integer or of a pointer.

    Parameters
    ----------
    kind : type
        A ``ctypes.Structure``, an integer of ctypes, or ``ctypes.c_void_p``.

    Returns
    -------
    llvm_type : llvmlite.ir.Type
        With the same size and alignment.
    """
    if issubclass(kind, ctypes.Structure):
        return ir.LiteralStructType([llvm_type(field) for field in fields(kind).values()])
    if kind is c_void_p:
        return ir.PointerType()
    return ir.IntType(8 * ctypes.sizeof(kind))


def field_index(structure: Structure, name: str) -> int:
    """Return the index of a field in its structure.

    Parameters
    ----------
    structure : type
        A ``ctypes.Structure``.
    name : str
        The name of the field.

    Returns
    -------
    index : int
        From 0.
    """
    return list(fields(structure)).index(name)
