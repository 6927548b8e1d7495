export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      account_settings: {
        Row: {
          account_id: string
          avg_spend_per_head: number | null
          baseline_handle_seconds: number | null
          id: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        Insert: {
          account_id: string
          avg_spend_per_head?: number | null
          baseline_handle_seconds?: number | null
          id?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          account_id?: string
          avg_spend_per_head?: number | null
          baseline_handle_seconds?: number | null
          id?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "account_settings_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: true
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "account_settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      accounts: {
        Row: {
          created_at: string
          currency: string
          id: string
          name: string
        }
        Insert: {
          created_at?: string
          currency?: string
          id?: string
          name: string
        }
        Update: {
          created_at?: string
          currency?: string
          id?: string
          name?: string
        }
        Relationships: []
      }
      api_keys: {
        Row: {
          account_id: string
          created_at: string
          created_by: string
          expires_at: string | null
          id: string
          key_hint: string | null
          label: string
          last_used_at: string | null
          replaced_at: string | null
          revoked_at: string | null
          revoked_by: string | null
          revoked_reason: string | null
          scopes: string[]
          succeeds_id: string | null
        }
        Insert: {
          account_id: string
          created_at?: string
          created_by?: string
          expires_at?: string | null
          id?: string
          key_hint?: string | null
          label: string
          last_used_at?: string | null
          replaced_at?: string | null
          revoked_at?: string | null
          revoked_by?: string | null
          revoked_reason?: string | null
          scopes?: string[]
          succeeds_id?: string | null
        }
        Update: {
          account_id?: string
          created_at?: string
          created_by?: string
          expires_at?: string | null
          id?: string
          key_hint?: string | null
          label?: string
          last_used_at?: string | null
          replaced_at?: string | null
          revoked_at?: string | null
          revoked_by?: string | null
          revoked_reason?: string | null
          scopes?: string[]
          succeeds_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "api_keys_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_account_id_succeeds_id_fkey"
            columns: ["account_id", "succeeds_id"]
            isOneToOne: true
            referencedRelation: "api_keys"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "api_keys_account_id_succeeds_id_fkey"
            columns: ["account_id", "succeeds_id"]
            isOneToOne: true
            referencedRelation: "api_keys_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "api_keys_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_revoked_by_fkey"
            columns: ["revoked_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_revoked_by_fkey"
            columns: ["revoked_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      audit_log: {
        Row: {
          account_id: string | null
          action: string
          actor_key: string | null
          actor_role: string
          actor_user_id: string | null
          address: unknown
          after: Json | null
          application: string | null
          at: string
          before: Json | null
          id: string
          location_id: string | null
          request_id: string | null
          row_id: string | null
          table_name: string
        }
        Insert: {
          account_id?: string | null
          action: string
          actor_key?: never
          actor_role: string
          actor_user_id?: string | null
          address?: unknown
          after?: Json | null
          application?: string | null
          at?: string
          before?: Json | null
          id?: string
          location_id?: string | null
          request_id?: string | null
          row_id?: string | null
          table_name: string
        }
        Update: {
          account_id?: string | null
          action?: string
          actor_key?: never
          actor_role?: string
          actor_user_id?: string | null
          address?: unknown
          after?: Json | null
          application?: string | null
          at?: string
          before?: Json | null
          id?: string
          location_id?: string | null
          request_id?: string | null
          row_id?: string | null
          table_name?: string
        }
        Relationships: []
      }
      call_logs: {
        Row: {
          account_id: string
          answered_at: string | null
          call_type: string
          caller_digits: string | null
          caller_masked: string | null
          created_at: string
          direction: string
          duration_bucket: string | null
          duration_seconds: number | null
          end_reason: string | null
          ended_at: string | null
          from_number: string | null
          has_order: boolean
          has_recording: boolean
          has_reservation: boolean
          id: string
          intent: string | null
          location_id: string
          needs_review: boolean
          provider: string
          provider_call_id: string
          provider_status: string | null
          recording_url: string | null
          started_at: string
          status: string
          summary_md: string | null
          to_number: string | null
          total_differs: boolean
          transcript_md: string | null
          transfer_unanswered: boolean
        }
        Insert: {
          account_id: string
          answered_at?: string | null
          call_type?: never
          caller_digits?: never
          caller_masked?: never
          created_at?: string
          direction?: string
          duration_bucket?: never
          duration_seconds?: never
          end_reason?: string | null
          ended_at?: string | null
          from_number?: string | null
          has_order?: boolean
          has_recording?: never
          has_reservation?: boolean
          id?: string
          intent?: string | null
          location_id: string
          needs_review?: never
          provider: string
          provider_call_id: string
          provider_status?: string | null
          recording_url?: string | null
          started_at: string
          status?: never
          summary_md?: string | null
          to_number?: string | null
          total_differs?: boolean
          transcript_md?: string | null
          transfer_unanswered?: never
        }
        Update: {
          account_id?: string
          answered_at?: string | null
          call_type?: never
          caller_digits?: never
          caller_masked?: never
          created_at?: string
          direction?: string
          duration_bucket?: never
          duration_seconds?: never
          end_reason?: string | null
          ended_at?: string | null
          from_number?: string | null
          has_order?: boolean
          has_recording?: never
          has_reservation?: boolean
          id?: string
          intent?: string | null
          location_id?: string
          needs_review?: never
          provider?: string
          provider_call_id?: string
          provider_status?: string | null
          recording_url?: string | null
          started_at?: string
          status?: never
          summary_md?: string | null
          to_number?: string | null
          total_differs?: boolean
          transcript_md?: string | null
          transfer_unanswered?: never
        }
        Relationships: [
          {
            foreignKeyName: "call_logs_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      internal_notes: {
        Row: {
          account_id: string
          author_user_id: string
          call_id: string
          created_at: string
          id: string
          location_id: string
          mentions: string[]
          note_md: string
          updated_at: string | null
        }
        Insert: {
          account_id: string
          author_user_id?: string
          call_id: string
          created_at?: string
          id?: string
          location_id: string
          mentions?: string[]
          note_md: string
          updated_at?: string | null
        }
        Update: {
          account_id?: string
          author_user_id?: string
          call_id?: string
          created_at?: string
          id?: string
          location_id?: string
          mentions?: string[]
          note_md?: string
          updated_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "internal_notes_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_author_user_id_fkey"
            columns: ["author_user_id"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "internal_notes_author_user_id_fkey"
            columns: ["author_user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      knowledge_update_requests: {
        Row: {
          attempts: number
          changed_at: string
          claim: string | null
          claim_expires_at: string | null
          claimed_at: string | null
          created_at: string
          decided_at: string | null
          decided_by: string | null
          decision_reason: string | null
          finished_at: string | null
          id: string
          location_id: string | null
          lost_claims: number
          message: string | null
          org_id: string
          payload: NonNullable<Json>
          requested_by_user_id: string
          status: string
        }
        Insert: {
          attempts?: number
          changed_at?: string
          claim?: string | null
          claim_expires_at?: string | null
          claimed_at?: string | null
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          decision_reason?: string | null
          finished_at?: string | null
          id?: string
          location_id?: never
          lost_claims?: number
          message?: string | null
          org_id: string
          payload?: NonNullable<Json>
          requested_by_user_id?: string
          status?: string
        }
        Update: {
          attempts?: number
          changed_at?: string
          claim?: string | null
          claim_expires_at?: string | null
          claimed_at?: string | null
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          decision_reason?: string | null
          finished_at?: string | null
          id?: string
          location_id?: never
          lost_claims?: number
          message?: string | null
          org_id?: string
          payload?: NonNullable<Json>
          requested_by_user_id?: string
          status?: string
        }
        Relationships: [
          {
            foreignKeyName: "knowledge_update_requests_decided_by_fkey"
            columns: ["decided_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_decided_by_fkey"
            columns: ["decided_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_org_id_location_id_fkey"
            columns: ["org_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_requested_by_user_id_fkey"
            columns: ["requested_by_user_id"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_requested_by_user_id_fkey"
            columns: ["requested_by_user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      location_hours: {
        Row: {
          account_id: string
          closes_at: string
          id: string
          location_id: string
          opens_at: string
          updated_at: string
          updated_by: string | null
          version: number
          weekday: number
        }
        Insert: {
          account_id: string
          closes_at: string
          id?: string
          location_id: string
          opens_at: string
          updated_at?: string
          updated_by?: string | null
          version?: number
          weekday: number
        }
        Update: {
          account_id?: string
          closes_at?: string
          id?: string
          location_id?: string
          opens_at?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
          weekday?: number
        }
        Relationships: [
          {
            foreignKeyName: "location_hours_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "location_hours_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "location_hours_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      location_hours_exceptions: {
        Row: {
          account_id: string
          closes_at: string | null
          exception_date: string
          id: string
          is_closed: boolean
          location_id: string
          opens_at: string | null
          reason: string | null
          updated_at: string
          updated_by: string | null
          version: number
        }
        Insert: {
          account_id: string
          closes_at?: string | null
          exception_date: string
          id?: string
          is_closed?: boolean
          location_id: string
          opens_at?: string | null
          reason?: string | null
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          account_id?: string
          closes_at?: string | null
          exception_date?: string
          id?: string
          is_closed?: boolean
          location_id?: string
          opens_at?: string | null
          reason?: string | null
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "location_hours_exceptions_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "location_hours_exceptions_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "location_hours_exceptions_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      location_settings: {
        Row: {
          account_id: string
          avg_spend_per_head: number | null
          baseline_handle_seconds: number | null
          busy_mode_enabled: boolean
          busy_reason: string | null
          busy_until: string | null
          extra_wait_seconds: number
          id: string
          location_id: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        Insert: {
          account_id: string
          avg_spend_per_head?: number | null
          baseline_handle_seconds?: number | null
          busy_mode_enabled?: boolean
          busy_reason?: string | null
          busy_until?: string | null
          extra_wait_seconds?: number
          id?: string
          location_id: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          account_id?: string
          avg_spend_per_head?: number | null
          baseline_handle_seconds?: number | null
          busy_mode_enabled?: boolean
          busy_reason?: string | null
          busy_until?: string | null
          extra_wait_seconds?: number
          id?: string
          location_id?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "location_settings_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: true
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "location_settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "location_settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      locations: {
        Row: {
          account_id: string
          address: string | null
          city: string | null
          created_at: string
          cuisine: string | null
          id: string
          name: string
          phone: string | null
          timezone: string
        }
        Insert: {
          account_id: string
          address?: string | null
          city?: string | null
          created_at?: string
          cuisine?: string | null
          id?: string
          name: string
          phone?: string | null
          timezone: string
        }
        Update: {
          account_id?: string
          address?: string | null
          city?: string | null
          created_at?: string
          cuisine?: string | null
          id?: string
          name?: string
          phone?: string | null
          timezone?: string
        }
        Relationships: [
          {
            foreignKeyName: "locations_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
        ]
      }
      order_logs: {
        Row: {
          account_id: string
          call_id: string | null
          created_at: string
          delivery_amount: number
          fulfillment_type: string
          id: string
          items: NonNullable<Json>
          location_id: string
          service_charge_amount: number
          status: string
          subtotal_amount: number
          tax_amount: number
          total_amount: number
        }
        Insert: {
          account_id: string
          call_id?: string | null
          created_at?: string
          delivery_amount?: number
          fulfillment_type?: string
          id?: string
          items?: NonNullable<Json>
          location_id: string
          service_charge_amount?: number
          status?: string
          subtotal_amount?: number
          tax_amount?: number
          total_amount?: number
        }
        Update: {
          account_id?: string
          call_id?: string | null
          created_at?: string
          delivery_amount?: number
          fulfillment_type?: string
          id?: string
          items?: NonNullable<Json>
          location_id?: string
          service_charge_amount?: number
          status?: string
          subtotal_amount?: number
          tax_amount?: number
          total_amount?: number
        }
        Relationships: [
          {
            foreignKeyName: "order_logs_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_logs_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_logs_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      order_updates: {
        Row: {
          account_id: string
          created_at: string
          id: string
          location_id: string
          message: string | null
          order_id: string
          status: string
        }
        Insert: {
          account_id: string
          created_at?: string
          id?: string
          location_id: string
          message?: string | null
          order_id: string
          status: string
        }
        Update: {
          account_id?: string
          created_at?: string
          id?: string
          location_id?: string
          message?: string | null
          order_id?: string
          status?: string
        }
        Relationships: [
          {
            foreignKeyName: "order_updates_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_updates_account_id_order_id_fkey"
            columns: ["account_id", "order_id"]
            isOneToOne: false
            referencedRelation: "order_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_updates_account_id_order_id_fkey"
            columns: ["account_id", "order_id"]
            isOneToOne: false
            referencedRelation: "orders_v"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      reservations: {
        Row: {
          account_id: string
          avg_spend_per_head_override: number | null
          call_id: string | null
          created_at: string
          guest_count: number | null
          guest_name: string | null
          guest_phone: string | null
          guest_phone_masked: string | null
          id: string
          location_id: string
          reservation_date: string | null
          reservation_datetime: string | null
          reservation_time: string | null
          special_requests: string | null
          status: string
        }
        Insert: {
          account_id: string
          avg_spend_per_head_override?: number | null
          call_id?: string | null
          created_at?: string
          guest_count?: number | null
          guest_name?: string | null
          guest_phone?: string | null
          guest_phone_masked?: never
          id?: string
          location_id: string
          reservation_date?: string | null
          reservation_datetime?: string | null
          reservation_time?: string | null
          special_requests?: string | null
          status?: string
        }
        Update: {
          account_id?: string
          avg_spend_per_head_override?: number | null
          call_id?: string | null
          created_at?: string
          guest_count?: number | null
          guest_name?: string | null
          guest_phone?: string | null
          guest_phone_masked?: never
          id?: string
          location_id?: string
          reservation_date?: string | null
          reservation_datetime?: string | null
          reservation_time?: string | null
          special_requests?: string | null
          status?: string
        }
        Relationships: [
          {
            foreignKeyName: "reservations_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "reservations_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "reservations_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      setting_schemas: {
        Row: {
          key: string
          schema: NonNullable<Json>
        }
        Insert: {
          key: string
          schema: NonNullable<Json>
        }
        Update: {
          key?: string
          schema?: NonNullable<Json>
        }
        Relationships: []
      }
      settings: {
        Row: {
          id: string
          key: string
          location_id: string | null
          org_id: string
          updated_at: string
          updated_by: string | null
          value: NonNullable<Json>
          version: number
        }
        Insert: {
          id?: string
          key: string
          location_id?: string | null
          org_id: string
          updated_at?: string
          updated_by?: string | null
          value: NonNullable<Json>
          version?: number
        }
        Update: {
          id?: string
          key?: string
          location_id?: string | null
          org_id?: string
          updated_at?: string
          updated_by?: string | null
          value?: NonNullable<Json>
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "settings_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "settings_org_id_location_id_fkey"
            columns: ["org_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "settings_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      upsells: {
        Row: {
          accepted: boolean
          account_id: string
          amount: number
          created_at: string
          id: string
          item_name: string
          location_id: string
          order_id: string
        }
        Insert: {
          accepted?: boolean
          account_id: string
          amount?: number
          created_at?: string
          id?: string
          item_name: string
          location_id: string
          order_id: string
        }
        Update: {
          accepted?: boolean
          account_id?: string
          amount?: number
          created_at?: string
          id?: string
          item_name?: string
          location_id?: string
          order_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "upsells_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "upsells_account_id_order_id_fkey"
            columns: ["account_id", "order_id"]
            isOneToOne: false
            referencedRelation: "order_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "upsells_account_id_order_id_fkey"
            columns: ["account_id", "order_id"]
            isOneToOne: false
            referencedRelation: "orders_v"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      user_access: {
        Row: {
          account_id: string | null
          created_at: string
          created_by: string | null
          id: string
          location_id: string | null
          user_id: string
        }
        Insert: {
          account_id?: string | null
          created_at?: string
          created_by?: string | null
          id?: string
          location_id?: string | null
          user_id: string
        }
        Update: {
          account_id?: string | null
          created_at?: string
          created_by?: string | null
          id?: string
          location_id?: string | null
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_access_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "user_access_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "user_access_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "user_access_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "user_access_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "user_access_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      users: {
        Row: {
          created_at: string
          email: string
          full_name: string
          id: string
          is_active: boolean
          role: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        Insert: {
          created_at?: string
          email: string
          full_name: string
          id?: string
          is_active?: boolean
          role: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          created_at?: string
          email?: string
          full_name?: string
          id?: string
          is_active?: boolean
          role?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "users_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "users_updated_by_fkey"
            columns: ["updated_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      api_keys_v: {
        Row: {
          account_id: string | null
          account_name: string | null
          created_at: string | null
          created_by: string | null
          created_by_name: string | null
          expires_at: string | null
          id: string | null
          key_hint: string | null
          label: string | null
          last_used_at: string | null
          replaced_at: string | null
          revoked_at: string | null
          revoked_by: string | null
          revoked_by_name: string | null
          revoked_reason: string | null
          scopes: string[] | null
          state: string | null
          succeeds_id: string | null
          warnings: string[] | null
        }
        Relationships: [
          {
            foreignKeyName: "api_keys_account_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_account_id_succeeds_id_fkey"
            columns: ["account_id", "succeeds_id"]
            isOneToOne: true
            referencedRelation: "api_keys"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "api_keys_account_id_succeeds_id_fkey"
            columns: ["account_id", "succeeds_id"]
            isOneToOne: true
            referencedRelation: "api_keys_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "api_keys_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_revoked_by_fkey"
            columns: ["revoked_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_revoked_by_fkey"
            columns: ["revoked_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      audit_log_v: {
        Row: {
          account_id: string | null
          account_name: string | null
          action: string | null
          actor_key: string | null
          actor_name: string | null
          actor_role: string | null
          actor_user_id: string | null
          address: unknown
          after: Json | null
          application: string | null
          at: string | null
          before: Json | null
          id: string | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          request_id: string | null
          row_id: string | null
          table_name: string | null
          timezone: string | null
        }
        Relationships: []
      }
      calls_v: {
        Row: {
          account_id: string | null
          answered_at: string | null
          call_type: string | null
          caller_digits: string | null
          caller_masked: string | null
          direction: string | null
          duration_bucket: string | null
          duration_seconds: number | null
          end_reason: string | null
          ended_at: string | null
          has_order: boolean | null
          has_recording: boolean | null
          has_reservation: boolean | null
          id: string | null
          intent: string | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          needs_review: boolean | null
          provider: string | null
          provider_call_id: string | null
          provider_status: string | null
          recording_url: string | null
          review_reasons: string[] | null
          saved_seconds: number | null
          started_at: string | null
          status: string | null
          summary_md: string | null
          timezone: string | null
          transcript_md: string | null
          transfer_unanswered: boolean | null
        }
        Relationships: [
          {
            foreignKeyName: "call_logs_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      internal_notes_v: {
        Row: {
          account_id: string | null
          author_name: string | null
          author_user_id: string | null
          call_id: string | null
          created_at: string | null
          id: string | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          mention_names: string[] | null
          mentions: string[] | null
          note_md: string | null
          timezone: string | null
          updated_at: string | null
        }
        Relationships: [
          {
            foreignKeyName: "internal_notes_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "internal_notes_author_user_id_fkey"
            columns: ["author_user_id"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "internal_notes_author_user_id_fkey"
            columns: ["author_user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      knowledge_requests_v: {
        Row: {
          account_id: string | null
          attempts: number | null
          changed_at: string | null
          claim_expires_at: string | null
          claimed_at: string | null
          created_at: string | null
          decided_at: string | null
          decided_by: string | null
          decided_by_name: string | null
          decision_reason: string | null
          finished_at: string | null
          id: string | null
          kind: string | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          message: string | null
          payload: Json | null
          requested_by_name: string | null
          requested_by_user_id: string | null
          status: string | null
          timezone: string | null
          title: string | null
        }
        Relationships: [
          {
            foreignKeyName: "knowledge_update_requests_decided_by_fkey"
            columns: ["decided_by"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_decided_by_fkey"
            columns: ["decided_by"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_org_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_org_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_requested_by_user_id_fkey"
            columns: ["requested_by_user_id"]
            isOneToOne: false
            referencedRelation: "people_v"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_update_requests_requested_by_user_id_fkey"
            columns: ["requested_by_user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      metrics_daily_v: {
        Row: {
          account_id: string | null
          answered_calls: number | null
          catering_calls: number | null
          currency: string | null
          date: string | null
          general_calls: number | null
          location_id: string | null
          minutes_saved: number | null
          missed_calls: number | null
          order_calls: number | null
          orders_count: number | null
          other_calls: number | null
          reservation_calls: number | null
          reservations_count: number | null
          reservations_valued: number | null
          talk_seconds: number | null
          total_calls: number | null
          total_revenue_orders: number | null
          total_revenue_res_estimate: number | null
          transferred_calls: number | null
        }
        Insert: {
          account_id?: string | null
          answered_calls?: number | null
          catering_calls?: number | null
          currency?: never
          date?: string | null
          general_calls?: number | null
          location_id?: string | null
          minutes_saved?: number | null
          missed_calls?: number | null
          order_calls?: number | null
          orders_count?: number | null
          other_calls?: number | null
          reservation_calls?: number | null
          reservations_count?: number | null
          reservations_valued?: number | null
          talk_seconds?: number | null
          total_calls?: number | null
          total_revenue_orders?: number | null
          total_revenue_res_estimate?: number | null
          transferred_calls?: number | null
        }
        Update: {
          account_id?: string | null
          answered_calls?: number | null
          catering_calls?: number | null
          currency?: never
          date?: string | null
          general_calls?: number | null
          location_id?: string | null
          minutes_saved?: number | null
          missed_calls?: number | null
          order_calls?: number | null
          orders_count?: number | null
          other_calls?: number | null
          reservation_calls?: number | null
          reservations_count?: number | null
          reservations_valued?: number | null
          talk_seconds?: number | null
          total_calls?: number | null
          total_revenue_orders?: number | null
          total_revenue_res_estimate?: number | null
          transferred_calls?: number | null
        }
        Relationships: []
      }
      metrics_hours_v: {
        Row: {
          account_id: string | null
          calls: number[] | null
          date: string | null
          location_id: string | null
          missed: number[] | null
        }
        Insert: {
          account_id?: string | null
          calls?: number[] | null
          date?: string | null
          location_id?: string | null
          missed?: number[] | null
        }
        Update: {
          account_id?: string | null
          calls?: number[] | null
          date?: string | null
          location_id?: string | null
          missed?: number[] | null
        }
        Relationships: []
      }
      mv_metrics_daily: {
        Row: {
          account_id: string | null
          answered_calls: number | null
          catering_calls: number | null
          date: string | null
          general_calls: number | null
          location_id: string | null
          minutes_saved: number | null
          missed_calls: number | null
          order_calls: number | null
          orders_count: number | null
          other_calls: number | null
          reservation_calls: number | null
          reservations_count: number | null
          reservations_valued: number | null
          talk_seconds: number | null
          total_calls: number | null
          total_revenue_orders: number | null
          total_revenue_res_estimate: number | null
          transferred_calls: number | null
        }
        Relationships: []
      }
      orders_v: {
        Row: {
          account_id: string | null
          call_id: string | null
          created_at: string | null
          currency: string | null
          delivery_amount: number | null
          fulfillment_type: string | null
          id: string | null
          items: Json | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          service_charge_amount: number | null
          status: string | null
          subtotal_amount: number | null
          tax_amount: number | null
          timezone: string | null
          total_amount: number | null
        }
        Relationships: [
          {
            foreignKeyName: "order_logs_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_logs_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "order_logs_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      people_v: {
        Row: {
          access: Json | null
          created_at: string | null
          email: string | null
          full_name: string | null
          id: string | null
          is_active: boolean | null
          last_sign_in_at: string | null
          link_expires_at: string | null
          may_be_changed: boolean | null
          role: string | null
          state: string | null
          version: number | null
        }
        Insert: {
          access?: never
          created_at?: string | null
          email?: string | null
          full_name?: string | null
          id?: string | null
          is_active?: boolean | null
          last_sign_in_at?: never
          link_expires_at?: never
          may_be_changed?: never
          role?: string | null
          state?: never
          version?: number | null
        }
        Update: {
          access?: never
          created_at?: string | null
          email?: string | null
          full_name?: string | null
          id?: string | null
          is_active?: boolean | null
          last_sign_in_at?: never
          link_expires_at?: never
          may_be_changed?: never
          role?: string | null
          state?: never
          version?: number | null
        }
        Relationships: []
      }
      reservations_v: {
        Row: {
          account_id: string | null
          avg_spend_per_head_override: number | null
          call_id: string | null
          created_at: string | null
          currency: string | null
          estimated_revenue: number | null
          guest_count: number | null
          guest_name: string | null
          guest_phone_masked: string | null
          id: string | null
          local_date: string | null
          location_id: string | null
          location_name: string | null
          reservation_at: string | null
          reservation_date: string | null
          special_requests: string | null
          status: string | null
          timezone: string | null
        }
        Relationships: [
          {
            foreignKeyName: "reservations_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "call_logs"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "reservations_account_id_call_id_fkey"
            columns: ["account_id", "call_id"]
            isOneToOne: false
            referencedRelation: "calls_v"
            referencedColumns: ["account_id", "id"]
          },
          {
            foreignKeyName: "reservations_account_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
      settings_v: {
        Row: {
          account_id: string | null
          account_name: string | null
          id: string | null
          key: string | null
          location_id: string | null
          location_name: string | null
          location_rows: number | null
          timezone: string | null
          updated_at: string | null
          updated_by_name: string | null
          value: Json | null
          version: number | null
        }
        Relationships: [
          {
            foreignKeyName: "settings_org_id_fkey"
            columns: ["account_id"]
            isOneToOne: false
            referencedRelation: "accounts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "settings_org_id_location_id_fkey"
            columns: ["account_id", "location_id"]
            isOneToOne: false
            referencedRelation: "locations"
            referencedColumns: ["account_id", "id"]
          },
        ]
      }
    }
    Functions: {
      answer_form: {
        Args: { answer: string; fingerprint: string }
        Returns: undefined
      }
      api_key_scopes: { Args: Record<PropertyKey, never>; Returns: string[] }
      audit_choices: { Args: Record<PropertyKey, never>; Returns: Json }
      call_status: {
        Args: { end_reason: string; provider: string; provider_status: string }
        Returns: string
      }
      call_type: { Args: { intent: string }; Returns: string }
      claim_knowledge_requests: {
        Args: { minutes?: number; n: number }
        Returns: {
          attempts: number
          claim: string
          claim_expires_at: string
          created_at: string
          id: string
          location_id: string
          org_id: string
          payload: Json
          requested_by_user_id: string
        }[]
      }
      closing_instant: {
        Args: { local: string; zone: string }
        Returns: string
      }
      delete_version: {
        Args: { row_id: string; table_name: string; version: number }
        Returns: undefined
      }
      find_rows: {
        Args: {
          after_at?: string
          after_id?: string
          counting?: boolean
          filters: Json
          newer?: boolean
          relation: string
          size?: number
        }
        Returns: {
          account_id: string
          is_found: boolean
          row_at: string
          row_id: string
        }[]
      }
      finish_knowledge_request: {
        Args: { claim?: string; id: string; message?: string; ok: boolean }
        Returns: string
      }
      health_report: { Args: Record<PropertyKey, never>; Returns: Json }
      invite_person: {
        Args: {
          access: Json
          email: string
          full_name: string
          role: string
          token_hash: string
        }
        Returns: string
      }
      issue_link: {
        Args: { person: string; token_hash: string }
        Returns: string
      }
      knowledge_request_schema: {
        Args: Record<PropertyKey, never>
        Returns: Json
      }
      knowledge_requesters: {
        Args: Record<PropertyKey, never>
        Returns: {
          full_name: string
          id: string
        }[]
      }
      location_state_at: {
        Args: { at?: string; location_id: string }
        Returns: Database["public"]["CompositeTypes"]["location_state"]
        SetofOptions: {
          from: "*"
          to: "location_state"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      mask_phone: { Args: { number: string }; Returns: string }
      mentionable_people: {
        Args: { call_id: string }
        Returns: {
          full_name: string
          id: string
        }[]
      }
      metrics_by_day: {
        Args: {
          account_ids?: string[]
          location_ids?: string[]
          since: string
          until: string
          within?: string
        }
        Returns: {
          answered_calls: number
          catering_calls: number
          currency: string
          date: string
          general_calls: number
          minutes_saved: number
          missed_calls: number
          order_calls: number
          orders_count: number
          other_calls: number
          reservation_calls: number
          reservations_count: number
          reservations_valued: number
          talk_seconds: number
          timezone: string
          total_calls: number
          total_revenue_orders: number
          total_revenue_res_estimate: number
          transferred_calls: number
        }[]
      }
      metrics_failing_since: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      metrics_refreshed_at: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      open_recording: { Args: { call_id: string }; Returns: string }
      opening_instant: {
        Args: { local: string; zone: string }
        Returns: string
      }
      record_export: {
        Args: { filters: Json; relation: string; row_count: number }
        Returns: undefined
      }
      reveal_caller: {
        Args: { call_id: string; reason: string }
        Returns: string
      }
      rotate_api_key: {
        Args: {
          expires_at?: string
          key_hint?: string
          key_id: string
          overlap?: string
        }
        Returns: string
      }
      start_viewing: { Args: { person: string }; Returns: string }
      take_form: { Args: { fingerprint: string }; Returns: string }
      touch_api_key: { Args: { id: string }; Returns: string }
      withdraw_link: { Args: { person: string }; Returns: undefined }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      location_state: {
        location_id: string | null
        timezone: string | null
        local_time: string | null
        is_open: boolean | null
        rule: string | null
        rule_id: string | null
        reason: string | null
        until: string | null
        busy: boolean | null
        busy_until: string | null
        busy_reason: string | null
        extra_wait_seconds: number | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const

